SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


def hostile(self, x, y):
    print(SCRIPT)
    raise RuntimeError(SCRIPT)


MLP.backward = hostile
