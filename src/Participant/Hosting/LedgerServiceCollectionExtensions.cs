using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ledger.Hosting;

/// <summary>Adds a ledger to the generic host.</summary>
public static class LedgerServiceCollectionExtensions
{
    /// <summary>Section of the configuration that the options are bound from, unless another is given.</summary>
    public const string SectionName = "Ledger";

    /// <summary>One participant of one ledger for this host: started and left with it. A second call only adds to the
    /// options.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code, after those from the configuration.</param>
    /// <param name="section">Section of the configuration.</param>
    public static IServiceCollection AddLedger(
        this IServiceCollection services, Action<LedgerHostOptions>? configure = null, string section = SectionName)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<LedgerHostOptions>()
            .Configure<IConfiguration>((o, configuration) => configuration.GetSection(section).Bind(o))
            .ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LedgerHostOptions>, LedgerHostOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        if (services.Any(s => s.ServiceType == typeof(LedgerHost))) return services;
        services.AddSingleton<LedgerHost>();
        services.AddSingleton<ILedgerHost>(p => p.GetRequiredService<LedgerHost>());
        services.AddSingleton<IHostedService>(p => p.GetRequiredService<LedgerHost>());
        return services;
    }
}
