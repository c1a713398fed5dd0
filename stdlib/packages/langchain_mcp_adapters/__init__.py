"""`langchain_mcp_adapters.tools.load_mcp_tools`; a stand-in where no package of that name is installed."""
