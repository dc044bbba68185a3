"""The command line: commands, options, exit codes; the only place that knows what day it is."""
