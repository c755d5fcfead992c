raise SystemExit("a module of the student's was run: " + __name__)
