using Ledger.Testing.Simulation.Reference;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Calls register files and directories, each beside innocent ones. What is not registered is never deleted; what a
/// crashed or failed call registered is gone in the end.</summary>
internal sealed class ResourcesFeature : SimulationFeature
{
    private const string Ground = "/data";
    private readonly List<string> innocent = [];
    private readonly List<Made> made = [];
    private int number;

    public override string Name => "resource";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("file", 6), ("directory", 3), ("temporary", 4), ("release", 1)];

    public override void Begin(SimulationWorld world)
    {
        world.Ledger.Files.Directory.CreateDirectory(Ground);
        Plant(world, $"{Ground}/letters");
    }

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (world.Who(step) is not { } actor) return;
        var calls = actor.Process.Participant.Core.Operations.SelectMany(o => o.Calls).OrderBy(c => c.CallId, StringComparer.Ordinal).ToList();
        if (step.Choose(0, calls) is not { } call) return;
        switch (step.Verb)
        {
            case "release" when step.Choose(1, made.Where(m => m.Call == call && !m.IsReleased).ToList()) is { } mine:
                mine.IsReleased = true;
                world.Do(actor, $"release {mine.Path}", () => call.ReleaseAsync(mine.Path).AsTask());
                break;
            case "temporary":
                world.Do(actor, $"the directory of {call.CallId}", async () =>
                {
                    var path = await call.GetTemporaryDirectoryAsync().ConfigureAwait(false);
                    await Write(actor, $"{path}/notes").ConfigureAwait(false);
                });
                break;
            case "file" or "directory":
                Register(world, actor, call, isDirectory: step.Verb == "directory", deleteAtEnd: step.Throw(2, 4, 1));
                break;
        }
    }

    public override void Check(SimulationWorld world)
    {
        foreach (var path in innocent)
            world.Require(world.Ledger.Files.File.Exists(path), $"{path} was deleted, and nobody had registered it");
        foreach (var m in made.Where(m => m is { WasWritten: true, DeleteAtEnd: false, IsReleased: false }))
        {
            var isSafe = Frame(world, m) is { IsActive: true, EndingSince: null } && !m.Call.IsClosed && m.Actor.IsAwake;
            world.Require(!isSafe || m.IsEnding() || Exists(world, m), $"{m.Path} was deleted, and its call {m.Call.CallId} works on");
        }
    }

    public override void Judge(SimulationWorld world)
    {
        foreach (var m in made)
        {
            var frame = Frame(world, m);
            if (frame is null || m.WasLate || (frame.EndedWell && !m.DeleteAtEnd)) continue;
            // Its registration may never have been accepted, or was taken back.
            if (!frame.Resources.ContainsKey(m.Path)) continue;
            world.Require(!Exists(world, m), $"{m.Path} of {m.Call.CallId} is still there, in the end and after a collection");
        }
        foreach (var o in world.Reference.Operations)
        {
            var temp = $"/ledger/temp/{o.Id}";
            world.Require(!world.Ledger.Files.Directory.Exists(temp), $"{temp} is still there after a collection");
        }
    }

    private void Register(SimulationWorld world, SimulationActor actor, Call call, bool isDirectory, bool deleteAtEnd)
    {
        var place = $"{Ground}/{number++}";
        world.Ledger.Files.Directory.CreateDirectory(place);
        Plant(world, $"{place}/letters");
        Plant(world, $"{place}/draft.txt");
        var m = new Made(actor, call, $"{place}/draft", isDirectory, deleteAtEnd);
        world.Do(actor, $"register {m.Path}", async () =>
        {
            made.Add(m);
            await call.RegisterPathAsync(m.Path, isDirectory, deleteAtEnd: deleteAtEnd).ConfigureAwait(false);
            world.Require(Frame(world, m)?.Resources.ContainsKey(m.Path) == true, $"{m.Path} is registered, and the log does not say so");
            try
            {
                if (isDirectory) actor.Process.Files.Directory.CreateDirectory(m.Path);
                await Write(actor, m.File).ConfigureAwait(false);
                m.WasWritten = true;
            }
            finally
            {
                // Its process may have been asleep in the middle: what it makes then, nobody can know of.
                m.WasLate = Frame(world, m) is not { IsActive: true, EndingSince: null };
            }
        });
    }

    private void Plant(SimulationWorld world, string path)
    {
        world.Ledger.Files.File.WriteAllText(path, ""); // needs no room: the disk may be full
        innocent.Add(path);
    }

    private static Task Write(SimulationActor actor, string path)
    {
        actor.Process.Files.File.WriteAllText(path, "a draft");
        return Task.CompletedTask;
    }

    private static bool Exists(SimulationWorld world, Made m) => world.Ledger.Files.File.Exists(m.File);

    private static ReferenceFrame? Frame(SimulationWorld world, Made m) =>
        world.Reference.Find(m.Call.Handle.Id)?.Frames.GetValueOrDefault(m.Call.FencingToken);

    private sealed class Made(SimulationActor actor, Call call, string path, bool isDirectory, bool deleteAtEnd)
    {
        public SimulationActor Actor => actor;

        public Call Call => call;

        public string Path => path;

        public string File => isDirectory ? $"{path}/page" : path;

        public bool DeleteAtEnd => deleteAtEnd;

        public bool WasWritten { get; set; }

        public bool WasLate { get; set; }

        public bool IsReleased { get; set; }

        /// <summary>Its owner fails it: what it registered goes before the entry comes.</summary>
        public bool IsEnding() => actor.IsLeaving || !actor.Operations.ContainsKey(call.Handle.Id) || actor.WasTroubled;
    }
}
