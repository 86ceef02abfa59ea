using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Conversations.Api.Conversations;
using Conversations.Api.Errors;

namespace Conversations.Faults;

/// <summary>
/// A write load. Each writer takes one conversation after the other through its life: participants of all kinds,
/// requests that a rule must refuse, and a close or delete at the end. The ledger records the answers. Answers that no
/// client should get, and missing ones, are kept as failures.
/// </summary>
/// <param name="next">Returns the server for the next request.</param>
internal sealed class Writers(Func<HttpClient> next, Ledger ledger) : IAsyncDisposable
{
    private const int Count = 8;

    private const string Proxy = "+15017122661";

    // Only a hanging request takes this long; the server promises less.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<string> failures = [];

    private readonly string prefix = Guid.NewGuid().ToString("N")[..6];

    private readonly object countLock = new();

    private readonly List<(int At, TaskCompletionSource Reached)> waiting = [];

    private CancellationTokenSource stop = new();

    private Task[] running = [];

    private int done;

    private int conversations;

    private readonly ConcurrentQueue<string> unknown = [];

    private long slowest;

    /// <summary>
    /// Answers that must never occur: 500, a wrong body, a success that a rule forbids, or none for two minutes.
    /// </summary>
    public IEnumerable<string> Failures => failures;

    /// <summary>The longest time that a client waited for an answer.</summary>
    public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref slowest));

    /// <summary>Requests with an unknown outcome, and what happened instead of an answer.</summary>
    public IEnumerable<string> Unknown => unknown;

    public void Start()
    {
        stop = new();
        running = [.. Enumerable.Range(0, Count).Select(writer => Task.Run(() => WriteAsync(writer)))];
    }

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

    /// <summary>Ends the load. Requests in progress still get their answer.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }

    private async Task WriteAsync(int writer)
    {
        while (!stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref conversations);
            var known =
                number % 3 == 0
                    ? await GroupAsync($"{prefix}-{number}", number)
                    : await ConversationAsync($"{prefix}-{number}", $"writer {writer}", number);
            if (!known)
            {
                // No server listens. The pause limits the number of retries.
                await Task.Delay(20);
            }
        }
    }

    // Each step returns false when its outcome is unknown. The conversation then stays as it is.
    private async Task<bool> ConversationAsync(string name, string identity, int number)
    {
        var participants = $"/v1/Conversations/{name}/Participants";
        // Few addresses, so that conversations claim and release the same ones.
        var address = $"+1555{number % 40:0000000}";
        return await DoAsync(name, ConversationState.Active, HttpMethod.Post, "/v1/Conversations", ("UniqueName", name))
            && await DoAsync(
                $"{name}/{identity}",
                "{\"v\":1}",
                HttpMethod.Post,
                participants,
                ("Identity", identity),
                ("Attributes", "{\"v\":1}")
            )
            && await DoAsync(
                $"{name}/everybody",
                "{\"v\":1}",
                HttpMethod.Post,
                participants,
                ("Identity", "everybody"),
                ("Attributes", "{\"v\":1}")
            )
            && await DoAsync(
                $"{name}/{address}",
                "{\"v\":1}",
                HttpMethod.Post,
                participants,
                ("MessagingBinding.Address", address),
                ("MessagingBinding.ProxyAddress", Proxy),
                ("Attributes", "{\"v\":1}")
            )
            && await RefusedAsync(
                $"{name}/{identity}",
                "{\"v\":2}",
                participants,
                ("Identity", identity),
                ("Attributes", "{\"v\":2}")
            )
            && await RefusedAsync(
                $"{name}/nobody",
                "{}",
                participants,
                ("Identity", "nobody"),
                ("RoleSid", $"RL{0:x32}")
            )
            && await DoAsync(
                $"{name}/{identity}",
                "{\"v\":3}",
                HttpMethod.Post,
                $"{participants}/{Uri.EscapeDataString(identity)}",
                ("Attributes", "{\"v\":3}")
            )
            && await DoAsync($"{name}/everybody", Ledger.Absent, HttpMethod.Delete, $"{participants}/everybody")
            && await EndAsync(name, number);
    }

    private async Task<bool> GroupAsync(string name, int number)
    {
        var participants = $"/v1/Conversations/{name}/Participants";
        if (!await DoAsync(name, ConversationState.Active, HttpMethod.Post, "/v1/Conversations", ("UniqueName", name)))
        {
            return false;
        }

        for (var member = 0; member < 4; member++)
        {
            // Few addresses, so that groups with the same set meet.
            var address = $"+1666{(number + member) % 7:0000000}";
            if (
                !await DoAsync(
                    $"{name}/{address}",
                    "{\"v\":1}",
                    HttpMethod.Post,
                    participants,
                    ("MessagingBinding.Address", address),
                    ("Attributes", "{\"v\":1}")
                )
            )
            {
                return false;
            }
        }

        return await RefusedAsync($"{name}/plain", "{}", participants, ("Identity", "plain"))
            && await EndAsync(name, number);
    }

    private Task<bool> EndAsync(string name, int number) =>
        (number % 4) switch
        {
            0 => Task.FromResult(true),
            1 => DeleteAsync(name),
            _ => DoAsync(
                name,
                ConversationState.Closed,
                HttpMethod.Post,
                $"/v1/Conversations/{name}",
                ("State", ConversationState.Closed)
            ),
        };

    private async Task<bool> DeleteAsync(string name)
    {
        var outcome = await SendAsync(HttpMethod.Delete, $"/v1/Conversations/{name}");
        ledger.NoteDeleted(name, outcome);
        return outcome != Outcome.Unknown;
    }

    private async Task<bool> DoAsync(
        string name,
        string state,
        HttpMethod method,
        string path,
        params (string Name, string Value)[] form
    )
    {
        var outcome = await SendAsync(method, path, form);
        ledger.Note(name, state, outcome);
        return outcome != Outcome.Unknown;
    }

    private async Task<bool> RefusedAsync(
        string name,
        string state,
        string path,
        params (string Name, string Value)[] form
    )
    {
        var outcome = await SendAsync(HttpMethod.Post, path, form);
        ledger.Note(name, state, outcome == Outcome.Done ? Outcome.Refused : outcome);
        if (outcome == Outcome.Done)
        {
            failures.Enqueue($"{path} took {state} of {name}");
        }

        return outcome != Outcome.Unknown;
    }

    private async Task<Outcome> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] form)
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
            return Judge(
                new(
                    response.StatusCode,
                    await response.Content.ReadAsStringAsync(timeout.Token),
                    response.Headers,
                    response.Content.Headers
                ),
                $"{method} {path}"
            );
        }
        catch (HttpRequestException exception)
        {
            unknown.Enqueue($"{method} {path}: {exception.Message} {exception.InnerException?.Message}");
            return Outcome.Unknown;
        }
        catch (OperationCanceledException)
        {
            failures.Enqueue($"{method} {path}: no answer in {MaxWait}");
            return Outcome.Unknown;
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
