raise LookupError('while executing')
