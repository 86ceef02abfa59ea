using System.Text.RegularExpressions;
using Conversations.Api.Accounts;
using Conversations.Api.Data;

namespace Conversations.Api.Hosting;

/// <summary>
/// What the log says once the server listens: what runs, on which data, for whom, and where to look at it.
/// </summary>
public static partial class StartupLines
{
    // More SIDs than these are no help in a line.
    private const int MostSids = 5;

    public static void LogStart(this WebApplication app) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            LogVersion(app.Logger, CommandLine.Version, app.Environment.EnvironmentName);
            LogDatabase(app.Logger, app.Services.GetRequiredService<ConfiguredDatabase>().Name);
            LogAccounts(app.Logger, app.Services.GetRequiredService<AccountDirectory>().Configured);

            // The framework's category, so that its level counts for this line as it does for the framework's own.
            var lifetime = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.Hosting.Lifetime");
            foreach (var url in app.Urls.Select(Clickable).Distinct())
            {
                LogListening(lifetime, url);
                LogSwagger(app.Logger, url);
            }
        });

    /// <summary>The address as a browser takes it: localhost for one that means every address of the machine.</summary>
    public static string Clickable(string address) => EveryAddress().Replace(address, "://localhost");

    private static void LogAccounts(ILogger logger, IReadOnlyList<AccountOptions> accounts)
    {
        if (accounts is not [var account])
        {
            var sids = string.Join(", ", accounts.Take(MostSids).Select(one => one.Sid));
            LogAccounts(logger, accounts.Count, accounts.Count > MostSids ? $"{sids}, …" : sids);
        }
        else if (account == AccountOptions.BuiltIn)
        {
            LogBuiltIn(logger, account.Sid, account.AuthToken, account.DefaultChatServiceSid);
        }
        else
        {
            LogAccount(logger, account.Sid, account.DefaultChatServiceSid);
        }
    }

    [GeneratedRegex(@"://(\[::\]|0\.0\.0\.0|\+|\*)(?=[:/]|$)")]
    private static partial Regex EveryAddress();

    [LoggerMessage(LogLevel.Information, "Conversations {Version}, environment {Environment}")]
    private static partial void LogVersion(ILogger logger, string version, string environment);

    [LoggerMessage(LogLevel.Information, "Database: {Database}")]
    private static partial void LogDatabase(ILogger logger, string database);

    // The token is printed in the README and counts in Development alone: no secret.
    [LoggerMessage(
        LogLevel.Information,
        "Built-in account {AccountSid}, AuthToken {AuthToken}, default chat service {ChatServiceSid}"
    )]
    private static partial void LogBuiltIn(ILogger logger, string accountSid, string authToken, string chatServiceSid);

    [LoggerMessage(LogLevel.Information, "Account {AccountSid}, as configured, default chat service {ChatServiceSid}")]
    private static partial void LogAccount(ILogger logger, string accountSid, string chatServiceSid);

    [LoggerMessage(LogLevel.Information, "{Count} accounts, as configured: {AccountSids}")]
    private static partial void LogAccounts(ILogger logger, int count, string accountSids);

    [LoggerMessage(LogLevel.Information, "Now listening on: {Url}")]
    private static partial void LogListening(ILogger logger, string url);

    [LoggerMessage(LogLevel.Information, "Swagger UI: {Url}/swagger")]
    private static partial void LogSwagger(ILogger logger, string url);
}
