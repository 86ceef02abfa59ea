using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Conversations.TestSupport;

/// <summary>
/// A command that a request sends to the database. Beginning or committing a transaction does not count.
/// </summary>
/// <param name="Parameters">
/// Copies, so that a test can run the command again. Empty on SQLite, whose parameters cannot be copied.
/// </param>
public sealed record Command(string Text, IReadOnlyList<DbParameter> Parameters)
{
    private static readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<Command>> Watched = new();

    private static readonly IDisposable Subscription = DiagnosticListener.AllListeners.Subscribe(new Listeners());

    /// <summary>
    /// Starts listening. Call it before the first server starts: Entity Framework checks for listeners only once
    /// a second.
    /// </summary>
    public static void Watch() => GC.KeepAlive(Subscription);

    /// <summary>
    /// Returns the commands of the given requests. The trace that HTTP propagates separates them from those of other
    /// tests.
    /// </summary>
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
        // The event of the start, not of the end. A failed command ends with another event, and Entity Framework then
        // skips listeners for a second.
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
