using System.Text.Json.Nodes;

namespace Conversations.Faults.Fuzzing;

/// <summary>
/// Rows for the fuzzer's requests, created through the API in their own chat service. They are the same on each server
/// except for their SIDs.
/// </summary>
public sealed class Targets
{
    /// <summary>A part of every text of the other account that no other account may read.</summary>
    public const string Marker = "marker-8c41f2";

    /// <summary>The name of the rows that have a name, in both accounts.</summary>
    public const string Name = "dave";

    private readonly SampleRows rows;

    private Targets(SampleRows rows, IReadOnlyList<string> foreign) => (this.rows, Foreign) = (rows, foreign);

    public IReadOnlyList<string> Sids => rows.Sids;

    /// <summary>SIDs and names of the other account.</summary>
    public IReadOnlyList<string> Foreign { get; }

    /// <summary>The values of a form that can succeed.</summary>
    public Sample Sample => rows.Sample;

    /// <summary>A correct value for a path parameter that names the resource.</summary>
    public string Of(ApiResource resource) => rows.SidOf(resource);

    /// <param name="number">
    /// A different number for each call: only one open conversation of an account may have a pair of addresses.
    /// </param>
    public static async Task<Targets> MakeAsync(
        HttpClient http,
        string marker,
        int number,
        IReadOnlyList<string> foreign
    )
    {
        var rows = await SampleRows.MakeAsync(GetAsync, PostAsync, new(Name, marker, $"+1556{number:0000000}"));
        (await PostAsync("/v1/Configuration", [("DefaultChatServiceSid", rows.SidOf(Resources.Services))])).Ok();
        return new(rows, foreign);

        async Task<Answer> GetAsync(string path)
        {
            using var response = await http.GetAsync(path);
            return await AnswerAsync(response);
        }

        async Task<Answer> PostAsync(string path, (string Name, string Value)[] form)
        {
            using FormUrlEncodedContent content = new(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
            using var response = await http.PostAsync(path, content);
            return await AnswerAsync(response);
        }

        static async Task<Answer> AnswerAsync(HttpResponseMessage response)
        {
            var text = await response.Content.ReadAsStringAsync();
            return new(response.StatusCode, text, response.Headers, response.Content.Headers);
        }
    }

    /// <summary>Waits until every message is delivered. After that no row changes without a request.</summary>
    public async Task DeliveredAsync(HttpClient http)
    {
        using CancellationTokenSource timeout = new(WebhookReceiver.MaxWait);
        string list;
        do
        {
            await Task.Delay(20, timeout.Token);
            list = await http.GetStringAsync(rows.ListPathOf(Resources.Messages), timeout.Token);
        } while (
            JsonNode.Parse(list)!["messages"]!
                .AsArray()
                .Any(message => $"{message!["delivery"]?["delivered"]}" != "all")
        );
    }

    /// <summary>Everything that an account can read of itself, as one text.</summary>
    public async Task<string> ReadAsync(HttpClient http)
    {
        var paths = Resources
            .All.Where(resource => resource.Creates is null)
            .SelectMany(resource =>
                rows.RowPathsOf(resource, Shape.Default).Prepend(rows.ListPathOf(resource, Shape.Default))
            );
        return string.Join('\n', await Task.WhenAll(paths.Select(http.GetStringAsync)));
    }
}
