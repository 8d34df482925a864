using HostingExample;
using Ledger.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
{
    Args = args,
    ContentRootPath = AppContext.BaseDirectory,
});
// A relative path is meant relative to the program, wherever it is started.
builder.Services.AddLedger(options => options.Path = Path.Combine(AppContext.BaseDirectory, options.Path));
// After the ledger: it stops before the ledger does.
builder.Services.AddHostedService<Worker>();
builder.Services.AddOptions<WorkerOptions>().BindConfiguration("Worker");
await builder.Build().RunAsync();
