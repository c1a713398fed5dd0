"""`langgraph.prebuilt.create_react_agent`; a stand-in where no package of that name is installed."""
