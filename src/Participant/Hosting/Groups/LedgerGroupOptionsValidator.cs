using Microsoft.Extensions.Options;

namespace Ledger.Hosting;

/// <summary>Checks the options when the host starts, so that a wrong value is told before anything runs.</summary>
internal sealed class LedgerGroupOptionsValidator : IValidateOptions<LedgerGroupOptions>
{
    public ValidateOptionsResult Validate(string? name, LedgerGroupOptions options)
    {
        try
        {
            options.Validate();
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }
}
