using RallyExample;

return args is ["worker"] ? await Worker.RunAsync() : await Controller.RunAsync();
