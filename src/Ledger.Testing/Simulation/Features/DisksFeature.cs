namespace Ledger.Testing.Simulation.Features;

/// <summary>The disk is full for a while, answers with errors, loses replies; a process is killed, or stopped, in the middle of
/// a call.</summary>
internal sealed class DisksFeature : SimulationFeature
{
    private readonly Dictionary<SimulationActor, Trouble> troubles = [];

    public override string Name => "disk";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("full", 1), ("errors", 3), ("failAt", 6), ("killAt", 3), ("stopAt", 6)];

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (step.Verb == "full")
        {
            Fill(world, step);
            return;
        }
        if (world.Who(step) is not { } actor) return;
        if (!troubles.TryGetValue(actor, out var trouble)) troubles[actor] = trouble = new Trouble(world, actor);
        actor.WasTroubled = true;
        trouble.Arm(step);
    }

    public override void Calm(SimulationWorld world)
    {
        world.Ledger.Files.TotalBytes = null;
        foreach (var trouble in troubles.Values) trouble.End();
    }

    private static void Fill(SimulationWorld world, SimulationStep step)
    {
        world.CountFault("full disk");
        foreach (var actor in world.Actors) actor.WasTroubled = true;
        world.Ledger.Files.TotalBytes = world.Ledger.Files.UsedBytes + step.Throw(0, 2_000);
        world.After(TimeSpan.FromMilliseconds(200 + step.Throw(1, 9_000)), () => world.Ledger.Files.TotalBytes = null);
    }

    /// <summary>What goes wrong with one process's calls.</summary>
    private sealed class Trouble
    {
        private readonly SimulationWorld world;
        private readonly SimulationActor actor;
        private readonly List<(SimulationStep Step, int At)> armed = [];
        private SeededFaults? spell;
        private TimeSpan spellEnds;
        private bool isStopped;

        public Trouble(SimulationWorld world, SimulationActor actor)
        {
            (this.world, this.actor) = (world, actor);
            actor.Process.Files.Fault = Next;
        }

        public void Arm(SimulationStep step)
        {
            if (step.Verb != "errors")
            {
                armed.Add((step, 1 + step.Throw(0, step.Throw(1, 2, 1) ? 12 : 120)));
                return;
            }
            spellEnds = world.Now + TimeSpan.FromMilliseconds(200 + step.Throw(0, 7_000));
            var rate = 0.01 * (1 + step.Throw(1, 8));
            spell = new SeededFaults(step.Throw(2, int.MaxValue))
            {
                InputOutputError = rate,
                LostReply = rate,
                NoSpace = rate,
                ShortWrite = rate,
                PermissionDenied = rate / 4,
            };
        }

        public void End()
        {
            armed.Clear();
            spell = null;
        }

        private FileFault? Next(FileCall call)
        {
            for (var i = 0; i < armed.Count; i++) armed[i] = armed[i] with { At = armed[i].At - 1 };
            var due = armed.FindIndex(a => a.At <= 0);
            if (due < 0) return Counted(spell is not null && world.Now < spellEnds ? spell.Next(call) : null);
            var step = armed[due].Step;
            armed.RemoveAt(due);
            return step.Verb switch
            {
                "failAt" => Counted(Failure(step, call)),
                "killAt" => Counted(Death(step, call)),
                _ => Stop(step),
            };
        }

        private FileFault? Counted(FileFault? fault)
        {
            if (fault is not null) world.CountFault(fault.Kind);
            return fault;
        }

        /// <summary>Stopped in the middle of a call: the others go on meanwhile.</summary>
        private FileFault? Stop(SimulationStep step)
        {
            if (isStopped || !actor.IsAwake) return null;
            isStopped = true;
            world.CountFault("stop in a call");
            actor.Process.Freeze();
            world.Pass(TimeSpan.FromMilliseconds(200 + step.Throw(2, step.Throw(3, 2, 1) ? 2_000 : 15_000)));
            if (actor is { IsThere: true, Process.IsFrozen: true }) actor.Process.GoOn();
            isStopped = false;
            return null;
        }

        private static FileFault? Failure(SimulationStep step, FileCall call) => step.Throw(2, 5) switch
        {
            0 => FileFault.InputOutputError,
            1 => FileFault.FailAfter(FileErrors.InputOutput(call.Path)),
            2 => FileFault.PermissionDenied,
            3 when call.Kind == FileCallKind.Write => FileFault.ShortWrite(step.Throw(3, call.Length + 1)),
            _ => call.Kind is FileCallKind.Write or FileCallKind.CreateDirectory ? FileFault.NoSpace : FileFault.InputOutputError,
        };

        private static FileFault? Death(SimulationStep step, FileCall call) => step.Throw(2, 3) switch
        {
            0 => FileFault.CrashBefore,
            1 => FileFault.CrashAfter,
            _ => call.Kind == FileCallKind.Write ? FileFault.TornWrite(step.Throw(3, call.Length + 1)) : FileFault.CrashAfter,
        };
    }
}
