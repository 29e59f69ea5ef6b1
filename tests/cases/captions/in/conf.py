project = "Beds and leaves"
numfig = True
numfig_format = {"code-block": "Program %s"}
