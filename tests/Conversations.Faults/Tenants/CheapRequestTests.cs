namespace Conversations.Faults.Tenants;

/// <summary>Requests that need no credentials cost the server next to nothing.</summary>
[Collection(nameof(Alone))]
public sealed class CheapRequestTests
{
    private static readonly string[] Documents = ["v1", "v1-default-service", "v1-any-service"];

    [Fact]
    public async Task A_hundred_readiness_probes_at_once_cost_one_check_of_the_database()
    {
        using var server = TestServer.With();
        using HttpClient visitor = new() { BaseAddress = server.Address };
        await visitor.GetStringAsync("/health/live");

        var commands = await Command.OfAsync(() =>
            Task.WhenAll(Enumerable.Range(0, 100).Select(_ => visitor.GetStringAsync("/health/ready")))
        );

        // One more if the probes take longer than a second.
        Assert.InRange(commands.Count, 1, 2);
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        Assert.Single(await Command.OfAsync(() => visitor.GetStringAsync("/health/ready")));
    }

    /// <summary>Making a document allocates 20 MB, and sending one that is made 1 MB.</summary>
    [Fact]
    public async Task The_OpenAPI_documents_are_made_once_also_for_parallel_first_requests_and_with_a_prefix()
    {
        const int Requests = 60;
        using var server = TestServer.With(("TrustedProxies:0", "127.0.0.1"));
        using HttpClient visitor = new() { BaseAddress = server.Address };
        await visitor.GetStringAsync("/health/live");
        var before = GC.GetTotalAllocatedBytes();

        var texts = await Task.WhenAll(Enumerable.Range(0, Requests).Select(i => GetAsync(i, $"/prefix\"{i}")));
        var allocated = GC.GetTotalAllocatedBytes() - before;

        Assert.Equal(
            texts[..3].Select((text, i) => text.Replace($"/prefix\\u0022{i}", "", StringComparison.Ordinal)),
            texts[3..6].Select((text, i) => text.Replace($"/prefix\\u0022{i + 3}", "", StringComparison.Ordinal))
        );
        Assert.All(
            texts.Index(),
            text => Assert.Contains($"\"url\": \"/prefix\\u0022{text.Index}\"", text.Item, StringComparison.Ordinal)
        );

        // Replacing the prefix, sending and receiving take about eleven bytes for each character.
        Assert.InRange(allocated, 0, 20L * texts.Sum(text => text.Length));

        async Task<string> GetAsync(int i, string prefix)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, $"/swagger/{Documents[i % 3]}/swagger.json");
            request.Headers.Add("X-Forwarded-Prefix", prefix);
            using var answer = await visitor.SendAsync(request);
            return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        }
    }
}
