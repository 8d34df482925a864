using BridgeCrash;

// Without arguments this is the stage, which starts the program three more times, each time with a role.
return args is [var role, var ledgerPath] ? await Role.PlayAsync(role, ledgerPath) : await Stage.RunAsync();
