namespace Ledger.Testing.Tests.Readme;

public sealed class ReadmeTests
{
    [Fact]
    public void The_examples_of_the_readme_are_the_code_that_is_tested()
    {
        var code = string.Join('\n', Lines("ReadmeExamples.cs"));
        var examples = string.Join('\n', Lines("README.md")).Split("```csharp\n")[1..];

        Assert.Equal(4, examples.Length);
        Assert.All(examples, example => Assert.Contains(example[..example.IndexOf("\n```", StringComparison.Ordinal)], code, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Lines(string resource)
    {
        using var stream = typeof(ReadmeTests).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n').Select(line => line.Trim());
    }
}
