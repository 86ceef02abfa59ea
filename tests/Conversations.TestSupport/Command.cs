using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Conversations.TestSupport;

/// <summary>A command that a request gave to the database. Beginning and committing a transaction is none.</summary>
/// <param name="Parameters">Copies, for giving the command once more; none of SQLite's, which can't be copied.</param>
public sealed record Command(string Text, IReadOnlyList<DbParameter> Parameters)
{
    private static readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<Command>> Watched = new();

    private static readonly IDisposable Subscription = DiagnosticListener.AllListeners.Subscribe(new Listeners());

    /// <summary>Begins to listen. Entity Framework asks but once a second whether somebody does, so this comes before the first server.</summary>
    public static void Watch() => GC.KeepAlive(Subscription);

    /// <summary>The commands of the requests made meanwhile. They are told from those of other tests by the trace that HTTP carries on.</summary>
    public static async Task<IReadOnlyList<Command>> OfAsync(Func<Task> requests)
    {
        using var activity = new Activity(nameof(OfAsync)).Start();
        var commands = Watched.GetOrAdd(activity.TraceId, _ => []);
        await requests();
        Watched.TryRemove(activity.TraceId, out _);
        return [.. commands];
    }

    private sealed class Listeners : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        // Not its end: after one that failed, whose end is another event, Entity Framework asks nobody for a second.
        private static readonly string Executing = RelationalEventId.CommandExecuting.Name!;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory.Name)
            {
                value.Subscribe(this, name => name == Executing);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (
                value.Value is CommandEventData { Command: var command }
                && Activity.Current is { } activity
                && Watched.TryGetValue(activity.TraceId, out var commands)
            )
            {
                commands.Enqueue(
                    new(
                        command.CommandText,
                        [.. command.Parameters.OfType<ICloneable>().Select(parameter => (DbParameter)parameter.Clone())]
                    )
                );
            }
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
