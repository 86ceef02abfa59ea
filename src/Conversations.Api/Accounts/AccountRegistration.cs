using Conversations.Api.Data;
using Conversations.Api.Errors;

namespace Conversations.Api.Accounts;

/// <summary>
/// Reads the accounts of the configuration at start. A mistake there ends the start with a sentence that names it.
/// </summary>
public static class AccountRegistration
{
    // Twilio's tokens have 32 characters. Short ones can be guessed.
    private const int ShortestSecret = 16;

    /// <summary>Longer ones do not fit the headers of a request.</summary>
    public const int LongestSecret = 1000;

    private const string Any = "Any";

    public static IServiceCollection AddAccounts(
        this IServiceCollection services,
        IConfiguration configuration,
        IHostEnvironment environment
    )
    {
        // An entry with empty texts only is no account: docker-compose.yml passes on variables that may not be set.
        IConfigurationSection[] sections =
        [
            .. configuration
                .GetSection("Accounts")
                .GetChildren()
                .Where(section => !section.Key.Equals(Any, StringComparison.OrdinalIgnoreCase) && HasText(section)),
        ];
        IReadOnlyList<AccountOptions> accounts = [.. sections.Select(section => Read(section, environment))];
        if (accounts is [] && environment.IsDevelopment())
        {
            accounts = [AccountOptions.BuiltIn];
        }

        Require(
            accounts is not [],
            $"No account is configured: outside Development ({environment.EnvironmentName} now) there is no built-in "
                + "one. Set Accounts__0__Sid and Accounts__0__AuthToken."
        );
        CheckSids(sections);
        var takesAny = configuration.GetSection("Accounts").GetValue<bool>(Any);
        Require(
            !takesAny || environment.IsDevelopment(),
            $"Accounts__Any lets everybody in. It is only for Development ({environment.EnvironmentName} now)."
        );
        return services.AddSingleton(new AccountDirectory(accounts) { TakesAny = takesAny }).AddScoped<RequestScope>();
    }

    private static bool HasText(IConfigurationSection section) =>
        section.AsEnumerable().Any(pair => !string.IsNullOrEmpty(pair.Value));

    private static AccountOptions Read(IConfigurationSection section, IHostEnvironment environment)
    {
        RequireSid(section, "AC");
        RequireSecret(section, nameof(AccountOptions.AuthToken), environment);
        foreach (var key in section.GetSection(nameof(AccountOptions.ApiKeys)).GetChildren())
        {
            RequireSid(key, "SK");
            RequireSecret(key, nameof(ApiKeyOptions.Secret), environment);
        }

        return section.Get<AccountOptions>()!;
    }

    private static void RequireSid(IConfigurationSection section, string prefix) =>
        Require(
            Sids.Is(prefix, section["Sid"] ?? ""),
            $"{NameOf(section, "Sid")} must be {prefix} and 32 hexadecimal digits."
        );

    private static void RequireSecret(IConfigurationSection section, string key, IHostEnvironment environment)
    {
        var (name, secret) = (NameOf(section, key), section[key] ?? "");
        Require(secret.Length > 0, $"{name} is missing.");
        Require(
            secret.Trim() == secret && !secret.Any(char.IsControl),
            $"{name} begins or ends with a blank, or has a line break."
        );
        Require(secret.Length <= LongestSecret, $"{name} has more than {LongestSecret} characters.");
        if (!environment.IsDevelopment())
        {
            Require(
                secret != AccountOptions.BuiltIn.AuthToken,
                $"{name} is the token printed in the README, which everybody knows: choose another."
            );
            Require(
                secret.Length >= ShortestSecret,
                $"{name} must have {ShortestSecret} characters or more outside Development (Twilio's tokens have 32)."
            );
        }
    }

    private static void CheckSids(IEnumerable<IConfigurationSection> accounts)
    {
        HashSet<string> known = [];
        foreach (
            var section in accounts.SelectMany(account => account.GetSection("ApiKeys").GetChildren().Prepend(account))
        )
        {
            Require(known.Add(section["Sid"]!), $"{NameOf(section, "Sid")} is the SID of another account or API key.");
        }
    }

    private static string NameOf(IConfigurationSection section, string key) =>
        $"{section.Path}:{key}".Replace(":", "__", StringComparison.Ordinal);

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ConfigurationException(message);
        }
    }
}
