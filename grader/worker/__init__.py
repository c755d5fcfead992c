"""The only code that is inside the sandbox: loads student code and answers what it is asked. Imports only `wire`."""
