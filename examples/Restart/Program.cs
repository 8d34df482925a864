using RestartExample;

return args is ["server", var port] ? await Server.RunAsync(port) : await Stage.RunAsync();
