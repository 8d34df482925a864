using System.Reflection;
using System.Text.RegularExpressions;
using Ledger.Model;

namespace Ledger.Tests.Architecture;

public sealed partial class StyleTests
{
    private const int MostLines = 400;
    private const int MedianLines = 80;

    [Fact]
    public void No_file_is_longer_than_one_can_keep_in_mind()
    {
        string[] folders = ["src", "tests", "examples", "benchmarks"];
        var wrong =
            from path in folders.SelectMany(Repository.Sources)
            let lines = File.ReadLines(path).Count()
            where lines > MostLines
            select $"{Repository.Relative(path)}: {lines} lines";
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_median_file_is_short()
    {
        var lengths = Repository.Sources("src").Select(path => File.ReadLines(path).Count()).Order().ToList();
        Assert.InRange(lengths[lengths.Count / 2], 1, MedianLines);
    }

    [Fact]
    public void No_catch_clause_is_empty()
    {
        var wrong =
            from path in Repository.Sources("src")
            where EmptyCatch().IsMatch(File.ReadAllText(path))
            select Repository.Relative(path);
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_type_bears_the_name_of_its_namespace()
    {
        var wrong =
            from type in typeof(OperationState).Assembly.GetTypes()
            let last = type.Namespace?.Split('.')[^1]
            where type.Name == last && type.DeclaringType is null
            select type.FullName;
        Assert.Empty(wrong);
    }

    [Fact]
    public void Classes_are_sealed_unless_others_derive_from_them()
    {
        var types = typeof(OperationState).Assembly.GetTypes();
        var bases = types.Select(t => t.BaseType?.IsGenericType == true ? t.BaseType.GetGenericTypeDefinition() : t.BaseType).ToHashSet();
        var wrong =
            from type in types
            where type is { IsClass: true, IsSealed: false, IsAbstract: false, DeclaringType: null }
            where !bases.Contains(type) && type.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is null
            where type.Namespace?.StartsWith("Ledger", StringComparison.Ordinal) == true
            select type.FullName;
        Assert.Empty(wrong);
    }

    [GeneratedRegex(@"catch(\s*\([^)]*\))?(\s*when\s*\([^)]*\))?\s*\{\s*\}")]
    private static partial Regex EmptyCatch();
}
