"""The quick-add field, and the page where people talk with the office."""

from django.urls import path

from assistant import chat_views, views

urlpatterns = [
    path("quick-add", views.quick_add, name="quick-add"),
    path("quick-add/preview", views.quick_add_preview, name="quick-add-preview"),
    path("quick-add/look", views.quick_add_look, name="quick-add-look"),
    path("quick-add/undo", views.quick_add_undo, name="quick-add-undo"),
    path("assistant", chat_views.chat_page, name="chat-page"),
    path("assistant/answer", chat_views.answer_proposal, name="answer-proposal"),
    path("assistant/forget", chat_views.forget_chat, name="forget-chat"),
]
