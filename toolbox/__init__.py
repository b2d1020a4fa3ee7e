"""The office as tools for language models: the API's own operations, by the protocol MCP."""
