using Ledger.Model;
using Microsoft.Extensions.Options;

namespace Ledger.Hosting;

/// <summary>Checks the options when the host starts, so that a wrong value is told before anything runs.</summary>
internal sealed class LedgerHostOptionsValidator : IValidateOptions<LedgerHostOptions>
{
    public ValidateOptionsResult Validate(string? name, LedgerHostOptions options)
    {
        try
        {
            options.ToLedgerOptions().Validate();
            if (options.ParticipantId is not null) Identifier.Require(options.ParticipantId, "participant id");
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }
}
