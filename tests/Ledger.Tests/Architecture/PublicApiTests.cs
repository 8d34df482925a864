using System.Reflection;
using System.Text;

namespace Ledger.Tests.Architecture;

/// <summary>The public API, member by member, against a committed text: a change of it is a decision, never an accident. To
/// accept one, run the tests with <c>LEDGER_ACCEPT_API=1</c> and commit the text.</summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("Ledger", "src/Ledger/PublicApi.txt")]
    [InlineData("Ledger.Testing", "src/Ledger.Testing/PublicApi.txt")]
    public void The_public_api_is_the_committed_one(string assembly, string file)
    {
        var path = Path.Combine(Repository.Root, file);
        var actual = Describe(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable("LEDGER_ACCEPT_API") == "1") File.WriteAllText(path, actual);
        var committed = File.Exists(path) ? File.ReadAllText(path) : "";
        var expected = committed.Split('\n');
        var found = actual.Split('\n');
        Assert.True(committed == actual,
            $"{file} differs. Gone: {Shown(expected.Except(found))}. New: {Shown(found.Except(expected))}.");
    }

    private static string Shown(IEnumerable<string> lines) => string.Join("; ", lines.Take(10));

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type)).Append('\n');
            foreach (var line in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Select(Member).OfType<string>().Order(StringComparer.Ordinal))
                text.Append("    ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string Kind(Type t) =>
        t.IsEnum ? "enum" : t.IsInterface ? "interface" : t.IsValueType ? "struct" : t.IsAbstract && t.IsSealed ? "static class"
            : t.IsAbstract ? "abstract class" : t.IsSealed ? "sealed class" : "class";

    private static string? Member(MemberInfo member) => member switch
    {
        FieldInfo f => f.IsSpecialName ? null : $"{Name(f.FieldType)} {f.Name}",
        PropertyInfo p => $"{Name(p.PropertyType)} {p.Name} {{{(p.CanRead ? " get;" : "")}{Setter(p)} }}",
        ConstructorInfo c => $"new({Parameters(c)})",
        MethodInfo { IsSpecialName: false } m => IsFromTheCompiler(m) ? null : $"{Name(m.ReturnType)} {m.Name}({Parameters(m)})",
        EventInfo e => $"event {Name(e.EventHandlerType!)} {e.Name}",
        _ => null,
    };

    private static string Setter(PropertyInfo p) => p.SetMethod is not { IsPublic: true } s ? ""
        : s.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;" : " set;";

    private static bool IsFromTheCompiler(MethodInfo m) =>
        m.Name.Contains('<', StringComparison.Ordinal)
        || m.Name is "Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "PrintMembers";

    private static string Parameters(MethodBase m) =>
        string.Join(", ", m.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"));

    private static string Name(Type t)
    {
        if (t.IsByRef) return $"ref {Name(t.GetElementType()!)}";
        if (!t.IsGenericType) return t.Namespace?.StartsWith("System", StringComparison.Ordinal) == true ? t.Name : t.FullName ?? t.Name;
        var bare = t.Name.Split('`')[0];
        return $"{bare}<{string.Join(", ", t.GetGenericArguments().Select(Name))}>";
    }
}
