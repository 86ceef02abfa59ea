using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Conversations.Api.Errors;

namespace Conversations.Faults;

/// <summary>
/// Sends writes and notes their answers in the ledger. Answers that no client should get, and missing ones, are kept as
/// failures.
/// </summary>
/// <param name="next">Returns the server for the next request.</param>
internal sealed class LedgerClient(Func<HttpClient> next, Ledger ledger)
{
    // Only a hanging request takes this long; the server promises less.
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<string> failures = [];

    private readonly ConcurrentQueue<string> unknown = [];

    private readonly object countLock = new();

    private readonly List<(int At, TaskCompletionSource Reached)> waiting = [];

    private int done;

    private long slowest;

    /// <summary>
    /// Answers that must never occur: 500, a wrong body, a success that a rule forbids, or none for two minutes.
    /// </summary>
    public IEnumerable<string> Failures => failures;

    /// <summary>The longest time that a client waited for an answer.</summary>
    public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref slowest));

    /// <summary>Requests with an unknown outcome, and what happened instead of an answer.</summary>
    public IEnumerable<string> Unknown => unknown;

    /// <summary>Waits until <paramref name="more"/> further writes were acknowledged.</summary>
    public Task DoneAsync(int more)
    {
        lock (countLock)
        {
            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((done + more, reached));
            return reached.Task.WaitAsync(MaxWait * 2);
        }
    }

    /// <summary>Sends a write that should bring the row of that name into that state.</summary>
    /// <returns>False when the outcome is unknown.</returns>
    public async Task<bool> DoAsync(
        string name,
        string state,
        HttpMethod method,
        string path,
        params (string Name, string Value)[] form
    )
    {
        var (outcome, _) = await SendAsync(method, path, form);
        ledger.Note(name, state, outcome);
        return outcome != Outcome.Unknown;
    }

    /// <summary>Sends a write that a rule must refuse.</summary>
    /// <returns>False when the outcome is unknown.</returns>
    public async Task<bool> RefusedAsync(
        string name,
        string state,
        string path,
        params (string Name, string Value)[] form
    )
    {
        var (outcome, _) = await SendAsync(HttpMethod.Post, path, form);
        ledger.Note(name, state, outcome == Outcome.Done ? Outcome.Refused : outcome);
        if (outcome == Outcome.Done)
        {
            failures.Enqueue($"{path} took {state} of {name}");
        }

        return outcome != Outcome.Unknown;
    }

    /// <summary>Deletes a conversation.</summary>
    /// <returns>False when the outcome is unknown.</returns>
    public async Task<bool> DeleteAsync(string name)
    {
        var (outcome, _) = await SendAsync(HttpMethod.Delete, $"/v1/Conversations/{name}");
        ledger.NoteDeleted(name, outcome);
        return outcome != Outcome.Unknown;
    }

    /// <summary>Creates a message. Its name in the ledger is its Attributes, and its state is its text.</summary>
    public async Task<SentMessage> CreateMessageAsync(string conversation, string name, string text, string author)
    {
        var (outcome, answer) = await SendAsync(
            HttpMethod.Post,
            $"/v1/Conversations/{conversation}/Messages",
            ("Author", author),
            ("Body", text),
            ("Attributes", Ledger.MessageName(name))
        );
        var row = $"{conversation}/{Ledger.MessageName(name)}";
        ledger.Note(row, text, outcome);
        if (outcome == Outcome.Done)
        {
            ledger.NoteIndex(row, answer!.Body["index"]!.GetValue<long>());
        }

        return new(outcome != Outcome.Unknown, outcome == Outcome.Done ? answer!["sid"] : null);
    }

    private async Task<(Outcome Outcome, Answer? Answer)> SendAsync(
        HttpMethod method,
        string path,
        params (string Name, string Value)[] form
    )
    {
        var started = Stopwatch.GetTimestamp();
        using CancellationTokenSource timeout = new(MaxWait);
        try
        {
            using HttpRequestMessage request = new(method, path)
            {
                Headers = { { "X-Twilio-Webhook-Enabled", "true" } },
                Content =
                    method == HttpMethod.Post
                        ? new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)))
                        : null,
            };
            using var response = await next().SendAsync(request, timeout.Token);
            Answer answer = new(
                response.StatusCode,
                await response.Content.ReadAsStringAsync(timeout.Token),
                response.Headers,
                response.Content.Headers
            );
            return (Judge(answer, $"{method} {path}"), answer);
        }
        catch (HttpRequestException exception)
        {
            unknown.Enqueue($"{method} {path}: {exception.Message} {exception.InnerException?.Message}");
            return (Outcome.Unknown, null);
        }
        catch (OperationCanceledException)
        {
            failures.Enqueue($"{method} {path}: no answer in {MaxWait}");
            return (Outcome.Unknown, null);
        }
        finally
        {
            InterlockedMax(Stopwatch.GetElapsedTime(started).Ticks);
        }
    }

    private Outcome Judge(Answer answer, string request)
    {
        switch ((int)answer.Status)
        {
            case 200 or 201 or 204:
                CountDone();
                return Outcome.Done;
            case >= 400 and < 500:
                return Outcome.Refused;
            default:
                if (
                    answer.Status != HttpStatusCode.ServiceUnavailable
                    || !answer.Text.Contains(
                        $"\"code\":{TwilioErrors.ServiceUnavailable.Code},",
                        StringComparison.Ordinal
                    )
                    || answer.Headers.RetryAfter is null
                )
                {
                    failures.Enqueue($"{request}: {(int)answer.Status} {answer.Text}");
                }

                unknown.Enqueue($"{request}: {(int)answer.Status}");
                return Outcome.Unknown;
        }
    }

    private void CountDone()
    {
        lock (countLock)
        {
            done++;
            foreach (var (_, reached) in waiting.Where(w => w.At <= done))
            {
                reached.TrySetResult();
            }

            waiting.RemoveAll(w => w.At <= done);
        }
    }

    private void InterlockedMax(long ticks)
    {
        for (
            long seen;
            ticks > (seen = Interlocked.Read(ref slowest))
                && Interlocked.CompareExchange(ref slowest, ticks, seen) != seen;

        ) { }
    }
}

/// <summary>What a client knows of a new message.</summary>
/// <param name="IsKnown">Whether there was an answer.</param>
/// <param name="Sid">Null without an answer, and when a rule refused the message.</param>
internal readonly record struct SentMessage(bool IsKnown, string? Sid);
