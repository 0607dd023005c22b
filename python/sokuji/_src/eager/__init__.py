"""tfe: gradient functions, callbacks, execution modes."""
