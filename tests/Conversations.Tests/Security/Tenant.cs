namespace Conversations.Tests.Security;

/// <summary>An account with rows of every resource, in its default chat service and in another one.</summary>
internal sealed class Tenant
{
    private readonly SampleRows rows;

    private Tenant(Twilio twilio, SampleRows rows) => (Twilio, this.rows) = (twilio, rows);

    public Twilio Twilio { get; }

    /// <summary>The name that replaces the SID of each row that has a name.</summary>
    public string Name => rows.Sample.Name;

    /// <summary>The media of a message in the default service.</summary>
    public string MediaSid => rows.Sample.MediaSid;

    /// <summary>The SIDs of all rows in the default service and of that service.</summary>
    public IReadOnlyList<string> Sids => rows.Sids;

    public static async Task<Tenant> NewAsync(Twilio twilio, string name)
    {
        Sample sample = new($"alice-of-{name}", name);
        var rows = await SampleRows.MakeAsync(twilio.GetAsync, twilio.PostAsync, sample);
        (await twilio.PostAsync("/v1/Configuration", ("DefaultChatServiceSid", rows.SidOf(Resources.Services)))).Ok();
        await SampleRows.MakeAsync(
            twilio.GetAsync,
            twilio.PostAsync,
            sample with
            {
                Phone = "+15552000002",
            },
            twilio.ChatServiceSid
        );
        var singles = Resources.All.Where(resource => resource is { SidPrefix: null, Creates: null });
        foreach (var single in singles.Where(resource => resource.Shapes.Contains(Shape.Default)))
        {
            (await twilio.PostAsync($"/v1/{single.Path}", single.Forms(sample)[0])).Ok();
        }

        return new(twilio, rows);
    }

    /// <summary>The page token of a row of that resource.</summary>
    public string TokenOf(ApiResource resource) => rows.TokenOf(resource);

    /// <summary>The SID of a row of that resource. All rows are related.</summary>
    public string SidOf(ApiResource resource) => rows.SidOf(resource);
}
