using System.Text.RegularExpressions;
using Conversations.Api.Accounts;
using Conversations.Api.Data;

namespace Conversations.Api.Hosting;

/// <summary>
/// Logs what runs once the server listens: the version, the database, the accounts and the addresses.
/// </summary>
public static partial class StartupLines
{
    // A line with more SIDs would be too long to read.
    private const int MaxSids = 5;

    public static void LogStart(this WebApplication app) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            LogVersion(app.Logger, CommandLine.Version, app.Environment.EnvironmentName);
            LogDatabase(app.Logger, app.Services.GetRequiredService<ConfiguredDatabase>().Name);
            LogAccounts(app.Logger, app.Services.GetRequiredService<AccountDirectory>().Configured);

            // The framework's category, so that the level configured for it also applies to this line.
            var lifetime = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.Hosting.Lifetime");
            foreach (var url in app.Urls.Select(Clickable).Distinct())
            {
                LogListening(lifetime, url);
                LogSwagger(app.Logger, url);
            }
        });

    /// <summary>The address for a browser: localhost replaces a host that means every address of the machine.</summary>
    public static string Clickable(string address) => EveryAddress().Replace(address, "://localhost");

    private static void LogAccounts(ILogger logger, IReadOnlyList<AccountOptions> accounts)
    {
        if (accounts is not [var account])
        {
            var sids = string.Join(", ", accounts.Take(MaxSids).Select(one => one.Sid));
            LogAccounts(logger, accounts.Count, accounts.Count > MaxSids ? $"{sids}, …" : sids);
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

    // The token is not a secret: it is in the README and valid only in Development.
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
