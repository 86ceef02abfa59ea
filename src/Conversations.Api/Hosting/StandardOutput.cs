using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace Conversations.Api.Hosting;

/// <summary>
/// Writes to standard output in batches. Serilog's console sink writes every line separately on the request's thread,
/// which takes more time than everything else that this server adds to a read.
/// </summary>
public sealed class StandardOutput(ITextFormatter formatter) : IBatchedLogEventSink
{
    public async Task EmitBatchAsync(IReadOnlyCollection<LogEvent> batch)
    {
        await using StreamWriter output = new(System.Console.OpenStandardOutput(), bufferSize: 1 << 15);
        foreach (var logEvent in batch)
        {
            formatter.Format(logEvent, output);
        }
    }
}
