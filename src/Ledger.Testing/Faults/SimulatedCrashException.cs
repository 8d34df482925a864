namespace Ledger.Testing;

/// <summary>The simulated process was killed. Not an <see cref="IOException"/>, so that code under test which handles
/// I/O errors does not survive it; every later call of the same client throws it again, so that its <c>finally</c>
/// blocks change nothing.</summary>
public sealed class SimulatedCrashException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    public SimulatedCrashException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and what led to it.</summary>
    public SimulatedCrashException(string message, Exception? inner) : base(message, inner) { }

    /// <summary>Creates the exception without a message of its own.</summary>
    public SimulatedCrashException() : base("The simulated process was killed.") { }
}
