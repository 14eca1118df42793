import { useNavigate, useRouter, useSearch } from "@tanstack/react-router"

import { LanguageSwitch } from "@/app/language-switch"
import { SignIn } from "@/features/session/sign-in"

export function SignInPage() {
  const { back, expired } = useSearch({ from: "/sign-in" })
  const navigate = useNavigate()
  const router = useRouter()
  return (
    <main className="flex h-full flex-col items-center justify-center gap-6 bg-sunken p-6">
      <div className="flex w-full max-w-100 justify-center rounded-lg border border-line bg-raised px-8 py-9">
        <SignIn
          wasSignedOut={expired ?? false}
          onSignedIn={() => {
            if (back) router.history.push(back)
            else void navigate({ to: "/" })
          }}
        />
      </div>
      <LanguageSwitch />
    </main>
  )
}
