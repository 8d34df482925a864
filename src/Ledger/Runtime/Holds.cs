namespace Ledger.Runtime;

/// <summary>What an operation's replica is needed for.</summary>
internal enum Hold
{
    /// <summary>A user's handle; membership ends with the last.</summary>
    Handle,

    /// <summary>A supervisor of this process that joined by itself, or looks whether it has to.</summary>
    Supervision,

    /// <summary>Looked at for others' sake.</summary>
    Visit,
}

/// <summary>Who in one process needs an operation's replica. Once retired it is given to nobody any more, so that nobody gets
/// what is being closed.</summary>
internal sealed class Holds
{
    private readonly Lock gate = new();
    private readonly int[] counts = new int[3];
    private bool retired;

    /// <summary>Takes one, unless it is retired.</summary>
    public bool TryTake(Hold hold)
    {
        lock (gate)
        {
            if (retired) return false;
            counts[(int)hold]++;
            return true;
        }
    }

    /// <summary>Gives one back. True when it was the last of its kind.</summary>
    public bool GiveBack(Hold hold)
    {
        lock (gate) return --counts[(int)hold] == 0;
    }

    /// <summary>True while a user takes part through it.</summary>
    public bool AnyHandle
    {
        get
        {
            lock (gate) return counts[(int)Hold.Handle] > 0;
        }
    }

    /// <summary>Retires it if nobody needs it; true for one caller only.</summary>
    public bool TryRetire()
    {
        lock (gate)
        {
            if (retired || Array.Exists(counts, count => count > 0)) return false;
            retired = true;
            return true;
        }
    }
}
