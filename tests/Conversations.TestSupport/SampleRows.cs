using System.Net;

namespace Conversations.TestSupport;

/// <summary>
/// Rows of every resource of the table, created through the API in one chat service, each below the first row of its
/// parents.
/// </summary>
public sealed class SampleRows
{
    private readonly Dictionary<ApiResource, List<string>> sids = [];

    private SampleRows(Sample sample) => Sample = sample;

    public Sample Sample { get; }

    /// <summary>The SIDs of all rows.</summary>
    public IReadOnlyList<string> Sids => [.. sids.Values.SelectMany(all => all)];

    /// <param name="get">Reads a path that begins with /.</param>
    /// <param name="post">Sends a form to such a path.</param>
    /// <param name="serviceSid">The service for the rows; null for a new one.</param>
    public static async Task<SampleRows> MakeAsync(
        Func<string, Task<Answer>> get,
        Func<string, (string Name, string Value)[], Task<Answer>> post,
        Sample sample,
        string? serviceSid = null
    )
    {
        SampleRows rows = new(sample);
        foreach (var resource in Resources.All)
        {
            if (resource == Resources.Services && serviceSid is not null)
            {
                rows.sids[resource] = [serviceSid];
                continue;
            }

            if (resource.ViewOf is not null)
            {
                rows.sids[resource] = [rows.SidOf(resource.ViewOf)];
                continue;
            }

            if (resource.IsMadeByServer)
            {
                var page = (await get(rows.PathOf(resource))).Ok().Body[resource.ListKey]!.AsArray();
                rows.sids[resource] = [.. page.Select(row => row!["sid"]!.GetValue<string>())];
                continue;
            }

            List<string> made = [];
            foreach (var form in resource.Forms(sample))
            {
                var path = rows.PathOf(resource);
                var answer = await post(path, form);
                Assert.True(
                    answer.Status is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Accepted,
                    $"{path}: {answer.Text}"
                );
                made.AddRange((resource.Creates ?? resource).SidPrefix is null ? [] : [answer["sid"]]);
            }

            rows.sids[resource] = resource.Creates is null ? made : [];
            if (resource.Creates is not null)
            {
                rows.sids[resource.Creates].AddRange(made);
                await rows.WaitAsync(post, made);
            }
        }

        return rows;
    }

    // Participants that a request creates together with their conversation are added after the answer. Until then the
    // conversation refuses every write with 409.
    private async Task WaitAsync(
        Func<string, (string Name, string Value)[], Task<Answer>> post,
        IReadOnlyList<string> conversations
    )
    {
        foreach (var conversation in conversations)
        {
            var path = $"{PathOf(Resources.Conversations)}/{conversation}/Participants";
            while ((await post(path, [("Attributes", "no JSON")])).Status == HttpStatusCode.Conflict)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>The SID of the row that has other rows below it.</summary>
    public string SidOf(ApiResource resource) => sids[resource][0];

    /// <summary>
    /// The path of the list, or of the resource that exists once. The path has the given shape if the resource has that
    /// shape.
    /// </summary>
    public string PathOf(ApiResource resource, Shape shape = Shape.Service)
    {
        var isInService = resource.Shapes.Contains(shape)
            ? shape == Shape.Service
            : resource.Shapes[0] == Shape.Service;
        var template = isInService ? $"/v1/Services/{{ChatServiceSid}}/{resource.Path}" : $"/v1/{resource.Path}";
        return ServedOperation.Fill(template, Resources.NamedIn(template).Select(SidOf));
    }

    /// <summary>The path of a page of the list, with what the list requires.</summary>
    /// <param name="query">Empty, or a query from its ? on.</param>
    public string ListPathOf(ApiResource resource, Shape shape = Shape.Service, string query = "") =>
        PathOf(resource, shape) + resource.QueryOf(Sample.Name, query);

    /// <summary>The paths of all rows.</summary>
    public IReadOnlyList<string> RowPathsOf(ApiResource resource, Shape shape = Shape.Service) =>
        resource.HasRowPaths ? [.. sids[resource].Select(sid => $"{PathOf(resource, shape)}/{sid}")] : [];

    /// <summary>The page token of the first row.</summary>
    public string TokenOf(ApiResource resource) =>
        resource.IsByIndex
            ? "PT0"
            : "PT"
                + string.Concat(
                    resource.PageKey.Select(member =>
                        SidOf(member == "participant_sid" ? Resources.Participants : resource)
                    )
                );
}
