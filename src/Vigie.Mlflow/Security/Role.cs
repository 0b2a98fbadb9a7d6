namespace Vigie.Mlflow.Security;

/// <summary>What somebody may do; each includes the ones before.</summary>
public enum Role
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>See: get, search, download.</summary>
    Read,

    /// <summary>Log and change.</summary>
    Write,

    /// <summary>Delete, and say who may do what. As a user's own role: everything, everywhere.</summary>
    Admin,
}

/// <summary>Roles as they stand in <c>permission</c> on MLflow's wire.</summary>
public static class RoleNames
{
    private static readonly string[] Names = ["NO_PERMISSIONS", "READ", "EDIT", "MANAGE"];

    /// <summary>MLflow's name of a role.</summary>
    public static string Of(Role role) => Names[(int)role];

    /// <summary>The role of MLflow's name.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: there is no such permission.</exception>
    public static Role Parse(string permission)
    {
        int role = Array.IndexOf(Names, permission);
        return role >= 0 ? (Role)role : throw MlflowException.Invalid($"permission '{permission}': expected {string.Join(", ", Names)}");
    }
}
