"""Where the tools stand, on every host."""

from django.urls import path

from toolbox.views import McpView

urlpatterns = [path("mcp", McpView.as_view(), name="mcp")]
