using System.Text.Json.Nodes;

namespace Ledger.CrashTests.Run;

/// <summary>The events of one run, as they come into a file.</summary>
internal sealed class RunEvents(string path)
{
    public string Path => path;

    /// <summary>The first event of a name, once it is there.</summary>
    public async Task<JsonObject> Of(string name)
    {
        await Eventually.True(() => Find(name) is not null, $"{name} in {System.IO.Path.GetFileName(path)}");
        return Find(name)!;
    }

    public JsonObject? Find(string name) => All().FirstOrDefault(each => (string?)each["event"] == name);

    /// <summary>The command's process id, which is its group's.</summary>
    public async Task<int> Command() => (int)(await Of("started"))["pid"]!;

    public async Task<string> Operation() => (string)(await Of("joined"))["operationId"]!;

    public override string ToString() => string.Join('\n', All().Select(each => each.ToJsonString()));

    private IEnumerable<JsonObject> All()
    {
        if (!File.Exists(path)) return [];
        var text = File.ReadAllText(path);
        // Half a line is not there yet.
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject());
    }
}
