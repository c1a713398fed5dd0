"""`langchain.chat_models.init_chat_model`; a stand-in where no package of that name is installed."""
