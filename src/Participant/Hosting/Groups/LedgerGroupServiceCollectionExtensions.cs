using Ledger.Hosting.Supervision.Groups;
using Ledger.Model;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ledger.Hosting;

/// <summary>Makes a host a member of a group. Both need <see cref="LedgerServiceCollectionExtensions.AddLedger"/> before them, and
/// may be used together.</summary>
public static class LedgerGroupServiceCollectionExtensions
{
    /// <summary>Section of the configuration that the options are bound from, unless another is given.</summary>
    public const string SectionName = "Ledger:Group";

    /// <summary>This host is a supervisor of the group: services registered after it begin once what it depends on runs, and, in
    /// a process that the group spawned, once the group has accepted this process. When it is stopped by the group, the host
    /// stops.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code, after those from the configuration.</param>
    /// <param name="section">Section of the configuration.</param>
    public static IServiceCollection AddLedgerSupervisor(
        this IServiceCollection services, Action<LedgerGroupOptions>? configure = null, string section = SectionName)
    {
        Add(services, configure, section);
        return services.AddSingleton<IPostConfigureOptions<LedgerGroupOptions>>(provider => new PostConfigureOptions<LedgerGroupOptions>(
            Options.DefaultName, options => options.SupervisorId ??= DefaultId(provider)));
    }

    /// <summary>This host may be elected orchestrator of the group, and starts and ends processes of this machine for
    /// it.</summary>
    /// <inheritdoc cref="AddLedgerSupervisor"/>
    public static IServiceCollection AddLedgerOrchestrator(
        this IServiceCollection services, Action<LedgerGroupOptions>? configure = null, string section = SectionName)
    {
        Add(services, configure, section);
        return services.Configure<LedgerGroupOptions>(options => options.Orchestrates = true);
    }

    private static void Add(IServiceCollection services, Action<LedgerGroupOptions>? configure, string section)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLedger();
        var options = services.AddOptions<LedgerGroupOptions>()
            .Configure<IConfiguration>((o, configuration) =>
            {
                if (StartVariables.Find(Environment.GetEnvironmentVariable) is { } spawned) o.GroupId = spawned.GroupId;
                configuration.GetSection(section).Bind(o);
            })
            .ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LedgerGroupOptions>, LedgerGroupOptionsValidator>());
        if (services.Any(s => s.ServiceType == typeof(LedgerGroupHost))) return;
        services.AddSingleton<LedgerGroupHost>();
        services.AddSingleton<ILedgerGroupHost>(p => p.GetRequiredService<LedgerGroupHost>());
        services.AddSingleton<IHostedService>(p => p.GetRequiredService<LedgerGroupHost>());
    }

    private static string DefaultId(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<LedgerHostOptions>>().Value.ParticipantId
        ?? Identifier.From(provider.GetRequiredService<IHostEnvironment>().ApplicationName, "host");
}
