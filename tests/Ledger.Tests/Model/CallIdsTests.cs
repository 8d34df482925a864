using Ledger.Model;

namespace Ledger.Tests.Model;

public sealed class CallIdsTests
{
    [Fact]
    public void An_older_set_does_not_know_what_came_later()
    {
        var one = CallIds.Empty.Add("a");
        var two = one.Add("b");
        Assert.Equal((false, true), (one.Contains("b"), two.Contains("b")));
        Assert.Equal(["a"], one);
        Assert.Equal(["a", "b"], two);
    }

    [Fact]
    public void Two_successors_of_one_set_do_not_know_each_other()
    {
        var one = CallIds.Empty.Add("a");
        var left = one.Add("b").Add("c");
        var right = one.Add("c").Add("d");
        Assert.Equal(["a", "b", "c"], left);
        Assert.Equal(["a", "c", "d"], right);
        Assert.False(right.Contains("b"));
    }

    [Fact]
    public void Ids_that_differ_only_in_case_are_the_same_and_are_added_once()
    {
        var one = CallIds.Empty.Add("Call");
        Assert.Same(one, one.Add("cALL"));
        Assert.Equal((1, true), (one.Count, one.Contains("CALL")));
    }

    [Fact]
    public void Two_empty_sets_share_nothing()
    {
        var other = CallIds.Empty;
        Assert.Single(CallIds.Empty.Add("a"));
        Assert.False(other.Contains("a"));
    }
}
