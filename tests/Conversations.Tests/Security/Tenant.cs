namespace Conversations.Tests.Security;

/// <summary>An account with rows of every resource, in its default chat service and in another one.</summary>
internal sealed class Tenant
{
    private readonly SampleRows rows;

    private Tenant(Twilio twilio, SampleRows rows) => (Twilio, this.rows) = (twilio, rows);

    public Twilio Twilio { get; }

    /// <summary>Stands for the SID of each row that has a name.</summary>
    public string Name => rows.Sample.Name;

    /// <summary>The SIDs of all rows in the default service, and that service's.</summary>
    public IReadOnlyList<string> Sids => rows.Sids;

    public static async Task<Tenant> NewAsync(Twilio twilio, string name)
    {
        Sample sample = new($"alice-of-{name}", name);
        var rows = await SampleRows.MakeAsync(twilio.PostAsync, sample);
        (await twilio.PostAsync("/v1/Configuration", ("DefaultChatServiceSid", rows.SidOf(Resources.Services)))).Ok();
        await SampleRows.MakeAsync(twilio.PostAsync, sample with { Phone = "+15552000002" }, twilio.ChatServiceSid);
        var singles = Resources.All.Where(resource => resource.SidPrefix is null);
        foreach (var single in singles.Where(resource => resource.Shapes.Contains(Shape.Default)))
        {
            (await twilio.PostAsync($"/v1/{single.Path}", single.Forms(sample)[0])).Ok();
        }

        return new(twilio, rows);
    }

    /// <summary>A row of each resource; all hang together.</summary>
    public string SidOf(ApiResource resource) => rows.SidOf(resource);
}
