namespace UnitTestExample;

/// <summary>An editor in the test's hand.</summary>
internal sealed class FakeEditor : IEditor
{
    // No asynchronous continuations: what follows happens on the thread of the test, which moves the time.
    private readonly TaskCompletionSource<string> answer = new();

    public bool IsAsked { get; private set; }

    public bool IsOpen { get; private set; }

    public void Answer(string text) => answer.SetResult(text);

    public Task<string> AnswerAsync(string jobId, CancellationToken cancellationToken)
    {
        IsAsked = IsOpen = true;
        return answer.Task.WaitAsync(cancellationToken);
    }

    public ValueTask CloseAsync()
    {
        IsOpen = false;
        return ValueTask.CompletedTask;
    }
}
