using System.Text.Json.Nodes;

namespace Conversations.Tests.SwaggerUi;

/// <summary>A web page of somebody else, in a real browser, that knows the account's token.</summary>
public sealed class AttackTests
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";

    private const string Token = "another-token-of-32-letters-0000";

    [NeedsChromium]
    public async Task A_page_of_another_origin_and_a_rebound_name_get_nothing_from_the_built_in_account()
    {
        var (seen, created) = await AttackAsync(ServerProcess.AccountSid, ServerProcess.AuthToken);

        Assert.Equal(new("blocked", "403", "403"), seen);
        Assert.Equal(0, created);
    }

    /// <summary>The same attack where only the token protects: it is not the browser that stops it.</summary>
    [NeedsChromium]
    public async Task The_attack_succeeds_on_an_account_whose_token_it_really_knows()
    {
        var (seen, created) = await AttackAsync(
            Sid,
            Token,
            ("Accounts__0__Sid", Sid),
            ("Accounts__0__AuthToken", Token)
        );

        Assert.Equal(new("201", "201", "201"), seen);
        Assert.Equal(3, created);
    }

    private static async Task<(Attack Seen, int Created)> AttackAsync(
        string user,
        string password,
        params (string, string)[] settings
    )
    {
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            [("ConnectionStrings__Sqlite", "Data Source=:memory:"), .. settings]
        );
        using var http = ServerProcess.NewClient(server.Http.BaseAddress!, user, password);
        var before = await CountAsync(http);

        var seen = await Chromium.SeeAsync<Attack>("attack", server.Http.BaseAddress!, new { user, password });

        return (seen, await CountAsync(http) - before);
    }

    private static async Task<int> CountAsync(HttpClient http)
    {
        var list = await http.GetStringAsync("/v1/Conversations");
        return JsonNode.Parse(list)!["conversations"]!.AsArray().Count;
    }

    private sealed record Attack(string Script, string Form, string Rebinding);
}
