"""What agent programs use of LangChain's core: messages and tools, with the public package's interface.

An installed package of that name takes precedence; this one stands in where none is.
"""

__version__ = "1.7.2"
