value = 'pack'
