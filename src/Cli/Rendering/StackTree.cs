using System.Collections.Immutable;
using Ledger.Model;

namespace Ledger.Cli.Rendering;

/// <summary>A frame with those that were called by it.</summary>
internal sealed record StackNode(Frame Frame, ImmutableArray<StackNode> Callees);

/// <summary>The call stack as the tree it is.</summary>
internal static class StackTree
{
    /// <summary>The trees, each in start order. A frame whose caller has left hangs below its nearest ancestor that is
    /// still there.</summary>
    public static ImmutableArray<StackNode> Build(OperationState state)
    {
        var callees = state.Stack.Values.ToLookup(f => Parent(state, f) ?? 0);
        return Below(0);

        ImmutableArray<StackNode> Below(long position) =>
            [.. callees[position].Select(f => new StackNode(f, Below(f.Position)))];
    }

    private static long? Parent(OperationState state, Frame frame)
    {
        for (var i = frame.Ancestors.Length - 1; i >= 0; i--)
        {
            if (state.Stack.ContainsKey(frame.Ancestors[i])) return frame.Ancestors[i];
        }
        return null;
    }
}
